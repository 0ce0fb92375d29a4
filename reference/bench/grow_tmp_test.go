package main
import ("testing";"os";"time";"github.com/goauth-dev/goauth/reference/internal/harness")
func TestTmpGrow(t *testing.T){
 w,err:=harness.Open(); if err!=nil{t.Fatal(err)}; defer w.Close()
 if err:=w.Prepare(t.Context(),harness.GoAuth,"/tmp/conf.bin");err!=nil{t.Fatal(err)}
 p:=plan{port:4172,quick:3*time.Second,slow:time.Second,log:os.Stderr}
 for _, n := range []int{1000,5000,50000,1000000} {
 db:=w.Scratch+"/g.sqlite"
 os.Remove(db);os.Remove(db+"-wal");os.Remove(db+"-shm")
 b:=time.Now()
 if err:=p.fill(t.Context(),w,db,n);err!=nil{t.Fatal(err)}
 st,_:=os.Stat(db)
 t.Log("fill",n,time.Since(b),st.Size()>>20)
 if err:=p.growOne(t.Context(),w,harness.GoAuth,db,n,newSide());err!=nil{t.Fatal(err)}
 }
}
